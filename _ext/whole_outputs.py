"""What a cell prints arrives whole, wherever it was cut on its way.

A kernel sends what is printed in pieces, cut where a fifth of a second is over: within a line, if
the machine is busy. MyST-NB ends each piece with a new line when it puts them together, so that
two builds of one page could differ. Here pieces are joined as they are, and MyST-NB gets one.
"""

from myst_nb.core import render


def joined(outputs):
    """Return outputs in which all that went to one stream is one text, at the place of the first.

    >>> pieces = [{"output_type": "stream", "name": "stdout", "text": t} for t in ("a  ", " b\\n")]
    >>> [output["text"] for output in joined(pieces)]
    ['a   b\\n']
    """
    whole, streams = [], {}
    for output in outputs:
        name = output.get("name") if output["output_type"] == "stream" else None
        if name is None:
            whole.append(output)
        elif name in streams:
            streams[name]["text"] += output["text"]
        else:
            streams[name] = type(output)(output)
            whole.append(streams[name])
    return whole


def setup(app):
    own = render.coalesce_streams
    if not hasattr(own, "of_pieces"):

        def coalesce_streams(outputs):
            return own(joined(outputs))

        coalesce_streams.of_pieces = True
        render.coalesce_streams = coalesce_streams
    return {"parallel_read_safe": True, "parallel_write_safe": True}

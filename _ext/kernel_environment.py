"""The environment every kernel of the book runs in.

The same notebook is run by `make refresh`, by nbval, and by Sphinx. All three
compare or store what it prints, so all three must run it alike.
"""

import os

KERNEL_ENVIRONMENT = {
    # Interactive figures write plain HTML, which a page without a kernel can show.
    "DLCOURSE_STATIC_FIGURES": "1",
    # The number of cores decides in which order a matrix product is summed, and so
    # its last digits.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def apply():
    """Give the variables to this process, and so to the kernels it starts."""
    for name, value in KERNEL_ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def setup(app):
    apply()
    return {"parallel_read_safe": True, "parallel_write_safe": True}

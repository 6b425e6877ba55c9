"""The companion package of *Deep Learning from the Gradient Up*.

Every module is one room of the book, meant to be read in one sitting. They
stand in the order in which they build on each other: finite differences need
nothing but NumPy, an optimizer needs a gradient, training needs an optimizer.

``import dlcourse`` loads nothing heavier than NumPy. Import the room you need:

>>> from dlcourse.finite_difference import derivative
>>> round(derivative(lambda x: x**2, 3.0), 6)
6.0
"""

__version__ = "0.2.0"

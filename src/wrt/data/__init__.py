"""Data: files become named arrays, and arrays become the values of a function's variables."""

from wrt.data.binding import Binding, bind, declarations, dimensions_of
from wrt.data.files import DataError, load, nearest

__all__ = ["Binding", "DataError", "bind", "declarations", "dimensions_of", "load", "nearest"]

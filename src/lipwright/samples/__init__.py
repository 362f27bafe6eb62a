"""Sample media drawn and spoken by the project itself: a presenter whose true mouth opening is known."""

from lipwright.samples.clip import Sample, make_sample

__all__ = ["Sample", "make_sample"]

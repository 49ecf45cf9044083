"""What all tests share: random examples are the same on every machine, and new ones are drawn when asked for."""

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("sweep", derandomize=False)
settings.load_profile("same")

"""Waiting for a condition with a deadline, never for a time."""
import time

POLL = 0.02  # seconds between two looks


def wait_for(what, condition, seconds=30):
    """Returns the first true value of `condition()`. An AssertionError or OSError in it counts as "not yet".

    `what` ends the sentence "waited 30 s for …"; it may be a function, called at the deadline.
    """
    deadline = time.monotonic() + seconds
    last = None
    while True:
        try:
            value = condition()
            if value:
                return value
            last = f"last seen: {value!r}"
        except (AssertionError, OSError) as error:
            last = f"last: {error}"
        if time.monotonic() >= deadline:
            sentence = what() if callable(what) else what
            raise AssertionError(f"waited {seconds} s for {sentence}; {last}")
        pause()


def stays(what, condition, seconds):
    """`condition()` is true now and at every look for that long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            raise AssertionError(f"{what} did not hold for {seconds} s")
        pause()


def pause(seconds=POLL):
    time.sleep(seconds)

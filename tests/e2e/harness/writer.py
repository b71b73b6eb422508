"""A client that writes without a pause, to see afterwards that nothing which was acknowledged is lost."""
import threading

PAUSE = 0.02  # seconds between two writes


class Writer:
    """Calls write(number) with counting numbers. It is acknowledged when write returns; one that raised may or may not
    have been written."""

    def __init__(self, name, write):
        self.name, self.acknowledged, self._count = name, [], 0
        self._write, self._over = write, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._over.set()
        self._thread.join()

    def _run(self):
        while not self._over.wait(PAUSE):
            number, self._count = self._count, self._count + 1
            try:
                self._write(number)
            except (OSError, AssertionError, IndexError, KeyError, ValueError):
                continue  # it is away
            self.acknowledged.append(number)

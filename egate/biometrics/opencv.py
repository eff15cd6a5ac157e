"""OpenCV as this process uses it; imported by every module that calls it.

One thread: the networks are small, so a second one gains a few milliseconds and
takes the core that the gate's event loop and its other work run on. The log level
keeps a hostile image from writing to the gate's log.
"""

import cv2

cv2.setNumThreads(1)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

__all__ = ["cv2"]

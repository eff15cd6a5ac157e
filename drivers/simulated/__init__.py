"""In-process fakes of every port, for unit tests."""

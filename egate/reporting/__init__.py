"""From record to protobuf, and the gRPC client of the centre."""

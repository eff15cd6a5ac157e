"""What every local page needs: event streams, security headers, assets, a server."""

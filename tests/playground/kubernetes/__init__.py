"""The small Kubernetes API server, driven by the clients it must satisfy."""

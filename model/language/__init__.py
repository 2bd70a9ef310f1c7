"""The command language: what people type, read into typed requests and rendered back."""

"""ECR's data plane: the registry protocol over moto's repositories."""

from .routes import Registry as Registry

"""What a request may say: held against the models that botocore ships, and refused as the service refuses it."""

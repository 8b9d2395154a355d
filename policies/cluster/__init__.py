"""What Kubernetes makes of an object: pods and what they run, ask for and refer to; which of them is the API."""

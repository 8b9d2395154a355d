"""The rules, one file per kind of object or part of a pod; a pod's rules hold for every kind that runs pods."""

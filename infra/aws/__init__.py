"""Amazon Web Services: the state's bucket, the keys and the secrets of stacks that live there."""

"""The phases of a deploy and of a rollback, one in each module; `infra.rollout.run` tells their shape."""

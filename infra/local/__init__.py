"""The whole system on one machine: toolchain, cluster, plugins and a sample app."""

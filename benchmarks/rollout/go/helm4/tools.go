//go:build tools

// Package tools pins Helm 4, a peer of the rollout.
package tools

import _ "helm.sh/helm/v4/cmd/helm"

//go:build tools

// Package tools pins kubedog, a peer of the rollout.
package tools

import _ "github.com/werf/kubedog/cmd/kubedog"

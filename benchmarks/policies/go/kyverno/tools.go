//go:build tools

// Package tools pins the command line of Kyverno, a peer of the policy check.
package tools

import _ "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno"

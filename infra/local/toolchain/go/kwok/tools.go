//go:build tools

// Package tools pins kwok, which simulates nodes where real ones cannot run.
package tools

import _ "sigs.k8s.io/kwok/cmd/kwok"

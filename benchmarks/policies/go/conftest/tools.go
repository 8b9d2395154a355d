//go:build tools

// Package tools pins conftest, a peer of the policy check.
package tools

import _ "github.com/open-policy-agent/conftest"

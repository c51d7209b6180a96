// Package proxy is a TCP proxy whose connections a test can cut, freeze and refuse.
package proxy

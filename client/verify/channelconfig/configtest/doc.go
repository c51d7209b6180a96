// Package configtest makes channels in memory: organisations with authorities,
// configurations, and updates that administrators sign, so that tests can follow them,
// and break them. It is for tests alone; nothing here is checked.
package configtest

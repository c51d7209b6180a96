// Package readings measures how many readings of devices a network records and
// evaluates a second, and what processor time a reading takes, against one
// reading a transaction on the same network in the same run.
//
// Devices seal their recordings beforehand; the sender keeps the raw readings in
// files and checks them; every transaction is endorsed by three organisations
// and waited for until it is committed. What is measured in turn, and how many
// times, says [Settings]. [Run] prints the table; [Report.Write] puts it into a
// page between its marks.
package readings

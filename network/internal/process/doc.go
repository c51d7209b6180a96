// Package process runs child processes that never outlive their owner.
//
// A network of peers and orderers is a handful of servers that listen on ports
// and write to directories. Whatever ends the program that started them (Stop,
// an interrupt from the terminal, a panic, os.Exit, a failing test, SIGKILL)
// must end them too, or the next run meets their ports and their files.
//
//   - [Group] starts children that the kernel kills when their owner dies, and
//     stops them in reverse order of start when it has the time to do so.
//   - [OnOrphaned] notices that `go run` or `go test` died and left this program
//     behind, which no signal announces.
//   - [TempDir] gives a directory that the next call sweeps away if its owner was
//     killed before it could remove it.
//
// The kernel's help (parent-death signals) exists on Linux only; elsewhere
// everything here returns [ErrPlatform]. The package imports nothing but the
// standard library.
package process

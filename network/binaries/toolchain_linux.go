package binaries

import (
	"os/exec"
	"syscall"
)

// dieWithOwner has the kernel interrupt the go command when this program dies,
// and interrupts it with its compilers when the context ends. SIGINT rather than
// SIGKILL, because the go command then starts nothing more and removes its
// temporary files.
func dieWithOwner(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
}

package condition

import (
	"regexp"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// nameForm is the form of names that people choose: of policies, watches and
// decisions.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func checkName(name string) error {
	if !nameForm.MatchString(name) {
		return fault.New(fault.InvalidRequest, "a name has 1 to 64 letters, digits, '.', '_' and '-'")
	}
	return nil
}

// scoped makes the id of what an organisation names: names of different
// organisations never meet, so that nobody can take another's.
func scoped(msp, name string) string { return msp + "/" + name }

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/network/internal/channel"
)

// updating is the command that computes a change of a channel's configuration.
type updating struct {
	*shared
	block      string
	consortium string
	mspID      string
	msp        string
	anchors    []string
	out        string
	check      string
}

// updated is what the command made or checked, as --json gives it.
type updated struct {
	Channel    string   `json:"channel"`
	Update     string   `json:"update"`
	Changes    []string `json:"changes"`
	Signatures int      `json:"signatures"`
}

func newChannelUpdate(s *shared) *cobra.Command {
	u := &updating{shared: s}
	c := &cobra.Command{
		Use:   "channel-update --block FILE --consortium FILE --mspid MSP --msp DIR --anchor HOST:PORT",
		Short: "Compute what makes an organisation a member of a channel that runs",
		Long: `channel-update computes the change of a channel's configuration that admits an
organisation: it becomes a member, and if it trades, one of those who may write,
endorse, agree to chaincode and change the channel. Of a reader the change makes
a member and nothing else.

--block is the channel's present configuration, as "peer channel fetch config"
writes it. --consortium is the consortium's file with the organisation in it; the
policies come from there. Every other member must stand in it.

The file of --out goes from one administrator to the next, each of whom signs it
("peer channel signconfigtx"), until there are as many as the channel's Admins
policy asks for; the last sends it ("peer channel update"). Whoever is asked to
sign computes the same with --check FILE instead of --out: that fails unless the
file holds this very change. docs/deploy.md has all steps.`,
		Example: `  devnet channel-update --block config.block --consortium consortium.json \
      --mspid GrowerMSP --msp grower-msp --anchor peer0.grower.example:7051 --out update.pb
  devnet channel-update --block config.block --consortium consortium.json \
      --mspid GrowerMSP --msp grower-msp --anchor peer0.grower.example:7051 --check update.pb`,
		Args: cobra.NoArgs,
		RunE: u.run,
	}
	flags := c.Flags()
	flags.StringVar(&u.block, "block", "", "the channel's configuration block")
	flags.StringVar(&u.consortium, "consortium", "", "the enlarged consortium's file (docs/consortium.md), JSON")
	flags.StringVar(&u.mspID, "mspid", "", "MSP identifier of the organisation that joins")
	flags.StringVar(&u.msp, "msp", "", "its verification MSP folder: cacerts, tlscacerts and config.yaml, no key")
	flags.StringArrayVar(&u.anchors, "anchor", nil, "host and port of a peer by which others find its peers; may stand several times")
	flags.StringVar(&u.out, "out", "update.pb", "the file to write")
	flags.StringVar(&u.check, "check", "", "a file to check instead of writing one")
	return c
}

func (u *updating) run(c *cobra.Command, _ []string) error {
	name, config, err := u.configuration()
	if err != nil {
		return err
	}
	admission, err := u.admission(name)
	if err != nil {
		return err
	}
	update, err := channel.Admit(name, config, admission)
	if err != nil {
		return explainMembers(err, u.consortium)
	}
	made := updated{Channel: name, Update: u.out, Changes: update.Changes}
	if u.check != "" {
		made.Update = u.check
		made.Signatures, err = u.checked(update.Bytes)
	} else {
		err = u.write(name, update.Bytes)
	}
	if err != nil {
		return err
	}
	return u.show(c, made)
}

func (u *updating) configuration() (string, *common.Config, error) {
	if u.block == "" {
		return "", nil, errors.New("--block is missing: fetch it with \"peer channel fetch config\"")
	}
	content, err := os.ReadFile(u.block)
	var block common.Block
	if err == nil {
		err = proto.Unmarshal(content, &block)
	}
	if err != nil {
		return "", nil, fmt.Errorf("--block %s: %w", u.block, err)
	}
	name, config, err := channel.Read(&block)
	if err != nil {
		return "", nil, fmt.Errorf("--block %s: %w", u.block, err)
	}
	return name, config, nil
}

// admission reads what the flags say about the organisation that joins.
func (u *updating) admission(name string) (channel.Admission, error) {
	var a channel.Admission
	text, err := os.ReadFile(u.consortium)
	var consortium collections.Consortium
	if err == nil {
		consortium, err = collections.Parse(text)
	}
	if err != nil {
		return a, fmt.Errorf("--consortium %s: %w", u.consortium, err)
	}
	if consortium.Channel != name {
		return a, fmt.Errorf("--consortium %s is of the channel %s, --block %s of %s", u.consortium, consortium.Channel, u.block, name)
	}
	a = channel.Admission{
		MSPID: u.mspID, Trading: consortium.Trading(), Reading: consortium.Reading(),
		Policies: channel.Policies{
			Writers: consortium.Writers(), Admins: consortium.Admins(),
			Endorsement: consortium.EndorsementPolicy(), Lifecycle: consortium.LifecyclePolicy(),
		},
	}
	if a.MSP, err = channel.ReadMSP(u.msp, u.mspID); err != nil {
		return a, fmt.Errorf("--msp: %w", err)
	}
	a.Anchors, err = addresses(u.anchors)
	return a, err
}

func addresses(texts []string) ([]channel.Address, error) {
	if len(texts) == 0 {
		return nil, errors.New("--anchor is missing: give host and port of a peer of the organisation, else the peers of others never find its own")
	}
	var all []channel.Address
	for _, text := range texts {
		host, service, err := net.SplitHostPort(text)
		port, notNumber := strconv.ParseUint(service, 10, 16)
		if err != nil || notNumber != nil || host == "" || port == 0 {
			return nil, fmt.Errorf("--anchor %q: give host and port, such as peer0.grower.example:7051", text)
		}
		all = append(all, channel.Address{Host: host, Port: int(port)})
	}
	return all, nil
}

// explainMembers says where to put right what does not fit the channel.
func explainMembers(err error, consortium string) error {
	if errors.Is(err, channel.ErrStranger) || errors.Is(err, channel.ErrLeftOut) {
		return fmt.Errorf("--consortium %s: %w: it must name the channel's members and the organisation that joins, and nobody else", consortium, err)
	}
	return err
}

func (u *updating) write(name string, update []byte) error {
	envelope, err := channel.Envelope(name, update)
	if err != nil {
		return err
	}
	content, err := proto.Marshal(envelope)
	if err != nil {
		return err
	}
	return os.WriteFile(u.out, content, 0o644)
}

// checked compares a file with the update and counts who has signed it.
func (u *updating) checked(update []byte) (int, error) {
	content, err := os.ReadFile(u.check)
	var envelope common.Envelope
	if err == nil {
		err = proto.Unmarshal(content, &envelope)
	}
	if err != nil {
		return 0, fmt.Errorf("--check %s: %w", u.check, err)
	}
	held, signatures, err := channel.Open(&envelope)
	if err != nil {
		return 0, fmt.Errorf("--check %s: %w", u.check, err)
	}
	if !bytes.Equal(held, update) {
		return 0, fmt.Errorf("--check %s: it holds another change than these files give: do not sign it", u.check)
	}
	return signatures, nil
}

func (u *updating) show(c *cobra.Command, made updated) error {
	if u.json {
		return writeJSON(c, made)
	}
	text := fmt.Sprintf("Channel %s:\n  %s\n\n", made.Channel, strings.Join(made.Changes, "\n  "))
	if u.check != "" {
		text += fmt.Sprintf("%s holds this very change. Administrators who have signed it: %d\n", made.Update, made.Signatures)
	} else {
		text += fmt.Sprintf(`Update  %s

Next, as many administrators as the channel's present Admins policy asks for sign:

  peer channel signconfigtx -f %s

and the last of them sends it instead, which signs it, too:

  peer channel update -f %s -c %s -o ORDERER --tls --cafile ORDERER_CA
`, made.Update, made.Update, made.Update, made.Channel)
	}
	_, err := fmt.Fprint(c.OutOrStdout(), text)
	return err
}

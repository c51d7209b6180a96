package faults_test

// follow is a follower's whole life.
func follow(config childConfig, draining <-chan struct{}) error {
	<-draining
	return nil
}

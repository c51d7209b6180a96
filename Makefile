.PHONY: help demo test short lint race check schemas
help: ## Show what there is to make
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
demo: ## Run the main job on a real network
	go run ./network/cmd/devnet demo
test: ## Run every test, a real network included
	go test ./...
short: ## Run the tests that need no network
	go test -short ./...
race: ## Run the tests that need no network with the race detector
	go test -short -race ./...
lint: ## Vet, and run the linters
	go vet ./...
	go tool -modfile=tools/go.mod golangci-lint run ./...
schemas: ## Write docs/contract anew from the declared functions
	go run ./docs/contract/generate
check: ## Do what CI does
	.ci/run

// Command spika is the server and its tools; run spika --help.
package main

import (
	"context"
	"os"

	"spika/internal/cli"
)

func main() {
	streams := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(cli.Main(context.Background(), os.Args[1:], streams, os.LookupEnv))
}

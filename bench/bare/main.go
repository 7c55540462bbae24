// Command bare is the limit the benchmark measures against: the standard
// library's server with a handler that decodes the JSON of a post and echoes
// it.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
)

type post struct {
	RoomID int64  `json:"roomId"`
	Type   string `json:"type"`
	Body   struct {
		Text string `json:"text"`
	} `json:"body"`
}

func echo(w http.ResponseWriter, r *http.Request) {
	var p post
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(p)
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("http://%s\n", l.Addr())
	fmt.Fprintln(os.Stderr, http.Serve(l, http.HandlerFunc(echo)))
}

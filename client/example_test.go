package client_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"spika/api"
	"spika/client"
)

// A build server tells its room how it went. Posted again with the same local
// id, it is stored once.
func ExampleClient_Post() {
	c, err := client.New(client.Options{URL: "https://chat.example.org", Token: os.Getenv("SPIKA_KEY")})
	if err != nil {
		log.Fatal(err)
	}
	posted, err := c.Post(context.Background(), client.Draft{RoomID: 5, Text: "Build 812 passed", LocalID: "build-812"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("stored as message", posted.ID, "for", posted.TotalUserCount, "people")
}

// A bot on a person's account greets whoever writes to it.
func ExampleClient_Events() {
	ctx := context.Background()
	c, err := client.New(client.Options{URL: "https://chat.example.org", Token: os.Getenv("SPIKA_TOKEN")})
	if err != nil {
		log.Fatal(err)
	}
	me, err := c.Me(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for e, err := range c.Events(ctx, client.EventOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		if e.Type == api.EventNewMessage && e.Message.FromUserID != me.ID {
			reply := client.Draft{RoomID: e.Message.RoomID, Text: "Hello, " + e.Message.SenderName, ReplyID: e.Message.ID, LocalID: "hello-" + e.ID}
			if _, err := c.PostMessage(ctx, reply); err != nil {
				log.Print(err)
			}
		}
	}
}

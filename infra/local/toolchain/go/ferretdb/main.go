// Command ferretdb serves the MongoDB wire protocol from SQLite files: what is behind each local cluster.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

// main takes the Unix socket to listen on and the folder of the SQLite files.
func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: ferretdb SOCKET FOLDER")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: os.Args[1]},
		Handler:   "sqlite",
		SQLiteURL: fmt.Sprintf("file:%s/", os.Args[2]),
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Run(ctx); err != nil {
		log.Fatal(err)
	}
}

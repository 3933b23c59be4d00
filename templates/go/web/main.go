// Answers every path; /health is what the load balancer asks.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") })
	http.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	server := http.Server{Addr: net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT"))}

	// SIGTERM: answer what was asked, and end.
	ending, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	ended := make(chan error, 1)
	go func() { <-ending.Done(); ended <- server.Shutdown(context.Background()) }()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	if err := <-ended; err != nil {
		log.Fatal(err)
	}
}

// Checks a running log by Go's own packages for transparency logs, which know nothing of Byline: the signature of its
// checkpoint, and inclusion and consistency for random pairs, from its tiles and its bundles of entries.
//
// Usage: tlog LOG_URL VERIFIER_KEY TOKEN PAIRS [OLDER_CHECKPOINT_FILE]
// Prints the size of the tree that it checked.

package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func get(url, token string) []byte {
	request, err := http.NewRequest("GET", url, nil)
	must(err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(err)
	if response.StatusCode != 200 {
		log.Fatalf("%s: %s: %s", url, response.Status, body)
	}
	return body
}

// checkpoint opens a signed checkpoint: origin, size, root.
func checkpoint(text []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		log.Fatalf("the log is called %s, not %s", lines[0], verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

// tiles reads them over HTTP. Every one it gives was checked by package tlog against the root.
type tiles struct{ url string }

func (t tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight)) // C2SP has no height in it
		read = append(read, get(t.url+"/tile/"+path, ""))
	}
	return read, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// entry is the record at that index, from the bundle that it is in.
func entry(url, token string, index, size int64) []byte {
	tile := tlog.Tile{H: tileHeight, L: 0, N: index >> tileHeight, W: 1 << tileHeight}
	if end := (tile.N + 1) << tileHeight; end > size {
		tile.W = int(size - tile.N<<tileHeight)
	}
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/0/", tileHeight))
	bundle := get(url+"/tile/entries/"+path, token)
	for skip := index & (1<<tileHeight - 1); ; skip-- {
		length := int(binary.BigEndian.Uint16(bundle))
		if skip == 0 {
			return bundle[2 : 2+length]
		}
		bundle = bundle[2+length:]
	}
}

func main() {
	url, token := os.Args[1], os.Args[3]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	pairs, err := strconv.Atoi(os.Args[4])
	must(err)
	tree := checkpoint(get(url+"/checkpoint", ""), verifier)
	reader := tlog.TileHashReader(tree, tiles{url})

	if len(os.Args) > 5 {
		text, err := os.ReadFile(os.Args[5])
		must(err)
		older := checkpoint(text, verifier)
		proof, err := tlog.ProveTree(tree.N, older.N, reader)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash))
	}
	seed := time.Now().UnixNano()
	fmt.Fprintln(os.Stderr, "seed", seed)
	random := rand.New(rand.NewSource(seed))
	for i := 0; i < pairs; i++ {
		size := 1 + random.Int63n(tree.N)
		index := random.Int63n(size)
		root, err := tlog.TreeHash(size, reader)
		must(err)
		leaf := tlog.RecordHash(entry(url, token, index, tree.N))
		inclusion, err := tlog.ProveRecord(size, index, reader)
		must(err)
		must(tlog.CheckRecord(inclusion, size, root, index, leaf))
		consistency, err := tlog.ProveTree(tree.N, size, reader)
		must(err)
		must(tlog.CheckTree(consistency, tree.N, tree.Hash, size, root))
	}
	fmt.Println(tree.N)
}

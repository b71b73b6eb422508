package main

import (
	"fmt"
	"mime"
	"net/http"
	"sort"
	"strings"
	"sync"
)

// wire counts what was sent and answered in which content type.
type wire struct {
	mutex    sync.Mutex
	counts   map[string]int
	fellBack func(what string)
}

func newWire(fellBack func(string)) *wire {
	return &wire{counts: map[string]int{}, fellBack: fellBack}
}

type roundTripper struct {
	wire *wire
	next http.RoundTripper
}

func (wire *wire) wrap(next http.RoundTripper) http.RoundTripper { return &roundTripper{wire, next} }

func (tripper *roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	sent := ""
	if request.Body != nil && request.Body != http.NoBody {
		sent = mediaType(request.Header)
	}
	response, err := tripper.next.RoundTrip(request)
	if err != nil {
		return response, err
	}
	tripper.wire.count(request, sent, response)
	return response, nil
}

func (wire *wire) count(request *http.Request, sent string, response *http.Response) {
	verb, answered := request.Method, mediaType(response.Header)
	if request.URL.Query().Get("watch") != "" {
		verb = "WATCH"
	}
	custom, resource := resourceOf(request.URL.Path)
	line := fmt.Sprintf("%s %s %d sent=%s answered=%s", verb, resource, response.StatusCode, or(sent, "-"),
		or(answered, "-"))
	wire.mutex.Lock()
	wire.counts[line]++
	wire.mutex.Unlock()

	// Patches are JSON by nature. Who is not let in, or is to come later, is told so by what stands before the API.
	proper := verb == http.MethodPatch || sent == "" || sent == protobuf
	early := response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusTooManyRequests ||
		response.StatusCode >= http.StatusInternalServerError
	if !custom && (!proper || !early && answered != protobuf) {
		wire.fellBack(line)
	}
}

// report has one line for each kind of exchange: its count, verb, resource, status code and content types.
func (wire *wire) report() string {
	wire.mutex.Lock()
	defer wire.mutex.Unlock()
	lines := make([]string, 0, len(wire.counts))
	for line, count := range wire.counts {
		lines = append(lines, fmt.Sprintf("%d %s\n", count, line))
	}
	sort.Strings(lines)
	return strings.Join(lines, "")
}

func mediaType(header http.Header) string {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return header.Get("Content-Type")
	}
	return kind
}

// resourceOf tells "/apis/GROUP/VERSION/namespaces/NAMESPACE/RESOURCE/NAME/SUB" as RESOURCE/SUB, and whether it is ours.
func resourceOf(path string) (custom bool, resource string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	skip := 2
	if parts[0] == "apis" {
		custom = len(parts) > 1 && parts[1] == ensembles.Group
		skip = 3
	}
	if len(parts) <= skip {
		return custom, path
	}
	parts = parts[skip:]
	if parts[0] == "namespaces" && len(parts) > 2 {
		parts = parts[2:]
	}
	resource = parts[0]
	if len(parts) > 2 {
		resource += "/" + parts[2]
	}
	return custom, resource
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

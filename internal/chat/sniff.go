package chat

import (
	"mime"
	"net/http"
	"slices"
	"strings"
)

// shownTypes are the types under which a file can be shown in a browser without
// anything in it being run: never HTML, SVG or XML.
var shownTypes = []string{
	"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif", "image/heic", "image/heif",
	"audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/wav", "audio/wave", "audio/x-wav", "audio/webm", "audio/flac", "audio/x-m4a",
	"video/mp4", "video/webm", "video/ogg", "video/quicktime", "video/x-m4v", "video/3gpp", "application/ogg",
	"application/pdf",
}

// unknownType is what nothing is known about.
const unknownType = "application/octet-stream"

// shownType gives the type under which a file is shown, "" when it is only
// downloaded. How its bytes begin goes before what its uploader said, which
// counts where the bytes say nothing, or only what holds sound and pictures.
func shownType(said string, head []byte) string {
	said, _, err := mime.ParseMediaType(said)
	if err != nil {
		said = ""
	}
	said = strings.ToLower(said)
	found, _, _ := mime.ParseMediaType(http.DetectContentType(head))
	if found == unknownType || sameContainer(found, said) {
		found = said
	}
	if !slices.Contains(shownTypes, found) {
		return ""
	}
	return found
}

// sameContainer reports whether both types have the same kind of file, in which
// there can be sound, pictures or both.
func sameContainer(found, said string) bool {
	for _, family := range [][]string{
		{"video/mp4", "audio/mp4", "audio/x-m4a", "video/quicktime", "video/x-m4v", "video/3gpp", "image/heic", "image/heif", "image/avif"},
		{"video/webm", "audio/webm"},
		{"application/ogg", "audio/ogg", "video/ogg"},
		{"audio/wave", "audio/wav", "audio/x-wav"},
	} {
		if slices.Contains(family, found) && slices.Contains(family, said) {
			return true
		}
	}
	return false
}

package api

// File is something that was uploaded.
type File struct {
	ID         int64        `json:"id"`
	FileName   string       `json:"fileName"`
	Size       int64        `json:"size"` // bytes
	MimeType   string       `json:"mimeType"`
	Type       string       `json:"type"`       // what the client calls its kind
	RelationID *int64       `json:"relationId"` // a number of the client's own
	ClientID   string       `json:"clientId"`
	Path       string       `json:"path"` // kept for older clients; a file is read at /upload/files/{id}
	MetaData   FileMetaData `json:"metaData"`
	CreatedAt  int64        `json:"createdAt"`
}

// FileMetaData is what the uploader said about a recording, video or picture; 0:
// nothing.
type FileMetaData struct {
	Duration int64 `json:"duration"` // seconds
	Width    int64 `json:"width"`    // pixels
	Height   int64 `json:"height"`   // pixels
}

// FileRef is a file as a message's body shows it.
type FileRef struct {
	ID       int64        `json:"id"`
	FileName string       `json:"fileName"`
	MimeType string       `json:"mimeType"`
	Size     int64        `json:"size"` // bytes
	MetaData FileMetaData `json:"metaData"`
	// SignedPath is where the file can be read for six hours at least without any
	// credentials, below the API's own path.
	SignedPath string `json:"signedPath"`
}

// FileData is a reply with a file in it.
type FileData struct {
	File File `json:"file"`
}

// UploadedChunks says which chunks of an upload are here, in order.
type UploadedChunks struct {
	UploadedChunks []int64 `json:"uploadedChunks"`
}

// ChunkRequest is a part of a file.
type ChunkRequest struct {
	Chunk    string `json:"chunk"`    // in base64
	Offset   int64  `json:"offset"`   // which chunk it is, from 0
	ClientID string `json:"clientId"` // the client's own id of the upload
}

// FinishRequest asks for the file that chunks make.
type FinishRequest struct {
	ClientID string       `json:"clientId"`
	FileName string       `json:"fileName"`
	MimeType string       `json:"mimeType"`
	Type     string       `json:"type"`
	Size     int64        `json:"size"`     // bytes
	Total    int64        `json:"total"`    // chunks
	FileHash string       `json:"fileHash"` // SHA-256, in hex
	MetaData FileMetaData `json:"metaData"`
}

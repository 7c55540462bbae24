// Package apidoc shows the description of the API: as it is, in JSON, and as a
// page to read. It knows OpenAPI and nothing of what is served; the description
// is made from docs/api/openapi.yaml.
package apidoc

//go:generate sh -c "go run spika/test/openapijson < ../../docs/api/openapi.yaml > ../../.build/openapi.json && mv ../../.build/openapi.json ."

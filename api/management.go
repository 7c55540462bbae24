package api

// Headers of the management routes.
const (
	// HeaderAdminToken carries a token for the management routes.
	HeaderAdminToken = "admin-accesstoken"
	// HeaderAdminTokenPlain is the same under its other spelling.
	HeaderAdminTokenPlain = "adminaccesstoken"
)

// AdminSignInRequest is the body of POST /api/management/auth.
type AdminSignInRequest struct {
	Username string `json:"username"` // the operator's, or a person's e-mail address
	Password string `json:"password"`
}

// AdminSignedIn is the data of POST /api/management/auth.
type AdminSignedIn struct {
	Token      string `json:"token"`
	ExpireDate int64  `json:"expireDate"` // Unix time in seconds, unlike everywhere else
}

// AuditEntry is one thing that somebody with power over others did.
type AuditEntry struct {
	ID       int64          `json:"id"`
	At       int64          `json:"at"`
	ActorID  *int64         `json:"actorId"` // null: the operator
	Actor    string         `json:"actor"`   // their name at that time
	Action   string         `json:"action"`  // what was done, like "user.role"
	Target   string         `json:"target"`  // what it was done to: the first half of Action
	TargetID *int64         `json:"targetId"`
	Details  map[string]any `json:"details"`
}

// AuditList is one page of GET /api/management/audit.
type AuditList struct {
	List  []AuditEntry `json:"list"`
	Count int64        `json:"count"` // all entries there are
	Limit int          `json:"limit"` // entries a page holds
}

package api

// Person is a user as the team's admins see it.
type Person struct {
	User
	LastSignInAt *int64 `json:"lastSignInAt"` // null for someone who has never signed in
}

// PersonList is the data of GET /api/messenger/people.
type PersonList struct {
	List  []Person `json:"list"`
	Count int      `json:"count"`
}

// AddPersonRequest is the body of POST /api/messenger/people.
type AddPersonRequest struct {
	DisplayName     string `json:"displayName"`
	EmailAddress    string `json:"emailAddress,omitzero"`    // this or the number must be given
	TelephoneNumber string `json:"telephoneNumber,omitzero"` // with its country code
	Role            Role   `json:"role,omitzero"`            // RoleAdmin or RoleMember; RoleMember if left out
}

// AddedPerson is a new person with the link that sets their password.
type AddedPerson struct {
	User User `json:"user"`
	Link Link `json:"link"`
}

// UpdatePersonRequest is the body of PUT /api/messenger/people/{id}; nil leaves a
// thing as it is.
type UpdatePersonRequest struct {
	Role            *Role   `json:"role,omitzero"`            // RoleAdmin or RoleMember
	EmailAddress    *string `json:"emailAddress,omitzero"`    // empty: none any more
	TelephoneNumber *string `json:"telephoneNumber,omitzero"` // with its country code; empty: none any more
}

package httpapi

import "spika/internal/chat"

// routes lists every route. A test holds it against docs/api/openapi.yaml.
func (a *API) routes() []route {
	const m, n = "/api/messenger", "/api/management"
	return []route{
		{"POST", "/api/messaging/messages", a.postFromCode},

		{"GET", m + "/api-keys/roomId/{roomId}", a.signedOn(a.listKeys)},
		{"POST", m + "/api-keys/roomId/{roomId}", a.signedOn(a.createKey)},
		{"PUT", m + "/api-keys/{id}", a.signedOn(a.renameKey)},
		{"DELETE", m + "/api-keys/{id}", a.signedOn(a.deleteKey)},

		{"GET", m + "/settings", a.getSettings},
		{"GET", m + "/setup", a.getSetup},
		{"POST", m + "/setup", a.setUp},
		{"POST", m + "/session", a.signIn},
		{"POST", m + "/auth", a.sendCode},
		{"POST", m + "/auth/verify", a.verifyCode},
		{"POST", m + "/auth/refresh", a.signed(a.refreshSession)},
		{"POST", m + "/auth/logout", a.signed(a.signOut)},
		{"POST", m + "/links/inspect", a.inspectLink},
		{"POST", m + "/invites/accept", a.acceptInvite},
		{"POST", m + "/password/reset", a.resetPassword},

		{"GET", m + "/me", a.signed(a.getMe)},
		{"PUT", m + "/me", a.signed(a.updateMe)},
		{"DELETE", m + "/me", a.signed(a.deleteMe)},
		{"PUT", m + "/me/password", a.signed(a.changePassword)},
		{"GET", m + "/me/settings", a.signed(a.listMySettings)},
		{"GET", m + "/device", a.signed(a.getDevice)},
		{"PUT", m + "/device", a.signed(a.updateDevice)},

		{"GET", m + "/people", a.signed(a.listPeople)},
		{"POST", m + "/people", a.signed(a.addPerson)},
		{"PUT", m + "/people/{id}", a.signedOn(a.updatePerson)},
		{"POST", m + "/people/{id}/reset-link", a.signedOn(a.createResetLink)},
		{"GET", m + "/invites", a.signed(a.listInvites)},
		{"POST", m + "/invites", a.signed(a.createInvite)},
		{"DELETE", m + "/invites/{id}", a.signedOn(a.deleteInvite)},

		{"GET", m + "/users/{id}", a.signedOn(a.getUser)},
		{"GET", m + "/users/sync/{timestamp}", a.signed(a.syncUsers)},
		{"GET", m + "/contacts", a.signed(a.listContacts)},
		{"POST", m + "/contacts", a.signed(a.matchContacts)},

		{"GET", m + "/blocks", a.signed(a.listBlocks)},
		{"POST", m + "/blocks", a.signed(a.createBlock)},
		{"DELETE", m + "/blocks/{id}", a.signedOn(a.deleteBlock)},
		{"DELETE", m + "/blocks/userId/{blockedId}", a.signed(a.deleteBlockOf)},
		{"GET", m + "/blocks/rooms/{roomId}", a.signedOn(a.getRoomBlock)},

		{"GET", m + "/rooms", a.signed(a.listRooms)},
		{"POST", m + "/rooms", a.signed(a.createRoom)},
		{"GET", m + "/rooms/{id}", a.signedOn(a.getRoom)},
		{"PUT", m + "/rooms/{id}", a.signedOn(a.updateRoom)},
		{"DELETE", m + "/rooms/{id}", a.signedOn(a.deleteRoom)},
		{"POST", m + "/rooms/{id}/leave", a.leaveRoom},
		{"POST", m + "/rooms/{id}/mute", a.setMark(chat.Mute, true)},
		{"POST", m + "/rooms/{id}/unmute", a.setMark(chat.Mute, false)},
		{"POST", m + "/rooms/{id}/pin", a.setMark(chat.Pin, true)},
		{"POST", m + "/rooms/{id}/unpin", a.setMark(chat.Pin, false)},
		{"GET", m + "/rooms/unread-count", a.signed(a.listUnreadCounts)},
		{"GET", m + "/rooms/users/{userId}", a.signedOn(a.getPrivateRoom)},
		{"GET", m + "/rooms/sync/{lastUpdate}", a.signed(a.syncRooms)},

		{"GET", m + "/notes/roomId/{roomId}", a.signedOn(a.listNotes)},
		{"POST", m + "/notes/roomId/{roomId}", a.signedOn(a.createNote)},
		{"GET", m + "/notes/{id}", a.signedOn(a.getNote)},
		{"PUT", m + "/notes/{id}", a.signedOn(a.updateNote)},
		{"DELETE", m + "/notes/{id}", a.signedOn(a.deleteNote)},

		{"GET", m + "/webhooks/roomId/{roomId}", a.signedOn(a.listWebhooks)},
		{"POST", m + "/webhooks/roomId/{roomId}", a.signedOn(a.createWebhook)},
		{"PUT", m + "/webhooks/{id}", a.signedOn(a.updateWebhook)},
		{"DELETE", m + "/webhooks/{id}", a.signedOn(a.deleteWebhook)},

		{"GET", m + "/group-message-rooms", a.signed(a.listGroupRooms)},
		{"GET", m + "/recent-chats", a.signed(a.listRecentChats)},

		{"POST", m + "/messages", a.signed(a.postMessage)},
		{"GET", m + "/messages/roomId/{roomId}", a.signedOn(a.listMessages)},
		{"PUT", m + "/messages/{id}", a.signedOn(a.editMessage)},
		{"DELETE", m + "/messages/{id}", a.signedOn(a.deleteMessage)},
		{"POST", m + "/messages/delete-many", a.signed(a.deleteMessages)},
		{"GET", m + "/messages/sync/{lastUpdate}", a.signed(a.syncMessages)},
		{"GET", m + "/messages/sync/modified/{lastUpdate}", a.signed(a.syncModified)},
		{"POST", m + "/messages/delivered", a.signed(a.reportDelivered)},
		{"POST", m + "/messages/{roomId}/seen", a.signedOn(a.reportSeen)},
		{"GET", m + "/messages/{id}/message-records", a.signedOn(a.listRecords)},
		{"GET", m + "/messages/get-thumbnail", a.signed(a.getThumbnail)},
		{"POST", m + "/message-records", a.signed(a.createRecord)},
		{"DELETE", m + "/message-records/{id}", a.signedOn(a.deleteRecord)},
		{"GET", m + "/message-records/sync/{lastUpdate}", a.signed(a.syncRecords)},

		{"GET", m + "/push/key", a.signed(a.getPushKey)},
		{"PUT", m + "/push/subscription", a.signed(a.subscribe)},
		{"DELETE", m + "/push/subscription", a.signed(a.unsubscribe)},

		{"GET", m + "/history", a.signed(a.listHistory)},
		{"GET", m + "/history/roomId/{roomId}", a.signedNeeding("Room id is required", a.getHistoryItem)},

		{"GET", "/api/sse", a.stream},

		{"GET", n + "/auth", okProbe},
		{"POST", n + "/auth", a.signInAdmin},
		{"GET", n + "/auth/check", a.checkAdmin},
		{"GET", n + "/audit", a.managed(a.listAudit)},

		{"GET", n + "/user", a.listUsers(everyUser)},
		{"GET", n + "/user/verified", a.listUsers(verifiedUser)},
		{"GET", n + "/user/search", a.listUsers(foundUser)},
		{"GET", n + "/user/{id}", a.managedOn(a.getManagedUser)},
		{"POST", n + "/user", a.managed(a.makeUser)},
		{"PUT", n + "/user/{id}", a.managedOn(a.changeUser)},
		{"DELETE", n + "/user/{id}", a.managedOn(a.removeUser)},

		{"GET", n + "/device", a.listDevices(devicesOf)},
		{"GET", n + "/device/search", a.listDevices(foundDevice)},
		{"GET", n + "/device/{id}", a.managedOn(a.getManagedDevice)},
		{"POST", n + "/device", a.managed(a.makeDevice)},
		{"PUT", n + "/device/{id}", a.managedOn(a.changeDevice)},
		{"DELETE", n + "/device/{id}", a.managedOn(a.removeDevice)},

		{"GET", n + "/room", a.listAllRooms(roomsOf)},
		{"GET", n + "/room/search", a.listAllRooms(foundRoom)},
		{"GET", n + "/room/group", a.listAllRooms(roomsOfType)},
		{"GET", n + "/room/users", a.managed(a.listRoomUsers)},
		{"GET", n + "/room/{id}", a.managedOn(a.getManagedRoom)},
		{"POST", n + "/room", a.managed(a.makeRoom)},
		{"PUT", n + "/room/{id}", a.managedOn(a.reformRoom)},
		{"PUT", n + "/room/userAdmin", a.managed(a.toggleRoomAdmin)},
		{"PUT", n + "/room/addUsers", a.managed(a.addToRoom)},
		{"DELETE", n + "/room/{id}", a.managedOn(a.destroyRoom)},
		{"DELETE", n + "/room/{roomId}/{userId}", a.managedOn(a.removeFromRoom)},

		{"GET", n + "/message/statHour", a.statMessages(hourly)},
		{"GET", n + "/message/statDay", a.statMessages(daily)},

		{"GET", "/api/confcall/participants/{roomId}", a.signedOn(a.listCallers)},

		{"GET", "/api/openapi.json", a.getDescription},
		{"GET", "/api/docs", a.getDocs},
		{"GET", "/api/test", textProbe},
		{"GET", "/api/upload/test", textProbe},
		{"GET", "/api/uploads/test", textProbe},
		{"GET", m + "/test", dataProbe},
		{"GET", m + "/test/auth", a.signed(a.probeSession)},
		{"GET", m + "/test/error", errorProbe},
		{"GET", "/api/messaging/test", dataProbe},
		{"GET", "/api/messaging/test/auth", a.probeKey},
		{"GET", "/api/messaging/test/error", errorProbe},
	}
}

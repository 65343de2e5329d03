-- Answers /.well-known/host-meta and host-meta.json (XEP-0156): where this server's WebSocket is.
-- The address is the one the question came to, so it is right behind a proxy that keeps the Host header.
local json = require "util.json";
local st = require "util.stanza";
local url = require "socket.url";

module:depends("http");

local rel = "urn:xmpp:alt-connections:websocket";
local public = url.parse(module:get_option_string("besedka_public_url", "http://localhost:5280/"));

local function endpoint(request)
	local scheme = public.scheme == "https" and "wss" or "ws";
	return scheme .. "://" .. (request.headers.host or public.authority) .. "/xmpp-websocket";
end

local function answer(response, content_type, body)
	response.headers.content_type = content_type;
	response.headers.access_control_allow_origin = "*";
	return response:send(body);
end

module:provides("http", {
	name = "host-meta";
	default_path = "/.well-known";
	route = {
		["GET /host-meta"] = function (event)
			local xrd = st.stanza("XRD", { xmlns = "http://docs.oasis-open.org/ns/xri/xrd-1.0" })
				:tag("Link", { rel = rel, href = endpoint(event.request) });
			return answer(event.response, "application/xrd+xml", "<?xml version='1.0' encoding='utf-8'?>\n" .. tostring(xrd));
		end;
		["GET /host-meta.json"] = function (event)
			local links = { { rel = rel, href = endpoint(event.request) } };
			return answer(event.response, "application/json", json.encode({ links = links }));
		end;
	};
});

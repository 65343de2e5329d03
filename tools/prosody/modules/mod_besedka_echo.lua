-- A contact of the demonstration that is always there: shows receipts, typing and answers without a second browser.
-- It lives in this module alone; there is no account behind it.
local jid = require "util.jid";
local st = require "util.stanza";
local id = require "util.id";

local name = module:get_option_string("besedka_echo_user", "echo");
local me = name .. "@" .. module.host;
local states = "http://jabber.org/protocol/chatstates";

local function say(to, tag, attr, text)
	return st.message({ from = me .. "/demo", to = to, type = "chat", id = id.medium() }):text_tag(tag, text, attr);
end

local function hear(event)
	local stanza = event.stanza;
	if jid.node(stanza.attr.to) ~= name then return; end
	local from, body = stanza.attr.from, stanza:get_child_text("body");
	if stanza.attr.type == "error" or not body then return true; end
	local back = jid.bare(from);
	if stanza.attr.id and stanza:get_child("request", "urn:xmpp:receipts") then
		module:send(say(from, "received", { xmlns = "urn:xmpp:receipts", id = stanza.attr.id }));
	end
	if stanza.attr.id and stanza:get_child("markable", "urn:xmpp:chat-markers:0") then
		module:send(say(from, "displayed", { xmlns = "urn:xmpp:chat-markers:0", id = stanza.attr.id }));
	end
	module:send(say(back, "composing", { xmlns = states }));
	module:add_timer(1.5, function ()
		local reply = say(back, "body", nil, body):tag("active", { xmlns = states }):up();
		module:send(reply:tag("origin-id", { xmlns = "urn:xmpp:sid:0", id = reply.attr.id }):up());
	end);
	return true;
end

local function be_there(event)
	local stanza = event.stanza;
	if jid.node(stanza.attr.to) ~= name then return; end
	if stanza.attr.type == "probe" then
		module:send(st.presence({ from = me .. "/demo", to = stanza.attr.from }));
	elseif stanza.attr.type == "subscribe" then
		module:send(st.presence({ from = me, to = jid.bare(stanza.attr.from), type = "subscribed" }));
		module:send(st.presence({ from = me .. "/demo", to = jid.bare(stanza.attr.from) }));
	end
	return true;
end

for _, kind in ipairs({ "bare", "full" }) do
	module:hook("message/" .. kind, hear, 1000);
	module:hook("presence/" .. kind, be_there, 1000);
end

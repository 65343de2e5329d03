-- The hand of our tools and tests inside Prosody: accounts, rosters, ready-made history, cut connections.
-- Only loopback reaches it, and only with the token of this start. It is no part of a real installation.
local array = require "util.array";
local json = require "util.json";
local jid = require "util.jid";
local rostermanager = require "core.rostermanager";
local usermanager = require "core.usermanager";
local xml = require "util.xml";

module:depends("http");

local host = module.host;
local token = module:get_option_string("besedka_control_token");
local engines = module:shared("/*/sql/connections");
local resumable = module:shared("/*/smacks/resumption-tokens");

-- A killed process loses nothing that was written; only a power cut would. Fifty times faster than waiting for the disk.
local function hurry()
	for _, engine in pairs(engines) do
		if engine.conn then
			engine.conn:autocommit(true);
			engine:execute("PRAGMA synchronous=OFF;");
			engine.conn:autocommit(false);
		end
	end
end

local function database()
	local _, engine = next(engines);
	return engine;
end

local function assert_user(user)
	if not usermanager.user_exists(user, host) then error("no such account: " .. tostring(user), 0); end
end

local operations = {};

function operations.ping()
	return { pid = require "util.pposix".getpid(), sql = database() ~= nil };
end

-- { users: [{ user, password }] }
function operations.register(query)
	for _, entry in ipairs(query.users) do
		assert(usermanager.create_user(entry.user, entry.password, host));
	end
end

function operations.unregister(query)
	assert(usermanager.delete_user(query.user, host));
end

-- { user, items: [{ jid, name?, groups?, subscription? }] }; a contact's side is not touched
function operations.roster(query)
	assert_user(query.user);
	local roster = rostermanager.load_roster(query.user, host);
	for _, item in ipairs(query.items) do
		local groups = {};
		for _, group in ipairs(item.groups or {}) do groups[group] = true; end
		roster[item.jid] = { name = item.name, groups = groups, subscription = item.subscription or "both", persist = true };
	end
	assert(rostermanager.save_roster(query.user, host, roster));
	if prosody.bare_sessions[query.user .. "@" .. host] then
		for _, item in ipairs(query.items) do rostermanager.roster_push(query.user, host, item.jid); end
	end
end

local function fill_database(engine, query)
	local ok, err = engine:transaction(function ()
		local insert = [[INSERT INTO "prosodyarchive" ("host", "user", "store", "when", "with", "key", "type", "value")
			VALUES (?,?,?,?,?,?,?,?);]];
		for _, item in ipairs(query.items) do
			engine:insert(insert, query.host or host, query.user, query.store or "archive", item.at, item.with, item.id, "xml", item.xml);
		end
		return true;
	end);
	if not ok then error(err, 0); end
end

-- { user, items: [{ id, at, with, xml }], host?, store? }; at in seconds, in archive order
function operations.fill(query)
	if not query.host then assert_user(query.user); end
	local engine = database();
	if engine then return fill_database(engine, query); end
	local archive = module:context(query.host or host):open_store(query.store or "archive", "archive");
	for _, item in ipairs(query.items) do
		assert(archive:append(query.user, item.id, assert(xml.parse(item.xml)), item.at, item.with));
	end
end

-- { user, with?, host?, store? } -> [{ id, at, with, xml }] in archive order: what really is stored
function operations.archive(query)
	local found = array();
	local archive = module:context(query.host or host):open_store(query.store or "archive", "archive");
	for id, stanza, at, with in assert(archive:find(query.user, { with = query.with })) do
		found:push({ id = id, at = at, with = with, xml = tostring(stanza) });
	end
	return found;
end

-- { user, always: bool }: what the account wants of its archive (the default rule of XEP-0441)
function operations.archiving(query)
	assert_user(query.user);
	assert(module:open_store("archive_prefs"):set(query.user, { [false] = query.always }));
	local sessions = prosody.bare_sessions[query.user .. "@" .. host];
	if sessions then sessions.archive_prefs = nil; end
end

local function sessions_of(user)
	local found = array();
	for _, session in pairs(prosody.full_sessions) do
		if not user or (session.username == user and session.host == host) then found:push(session); end
	end
	return found;
end

-- { user? } -> the sessions there are
function operations.sessions(query)
	return sessions_of(query.user):map(function (session)
		return {
			jid = session.full_jid;
			priority = session.priority;
			hibernating = session.hibernating and true or false;
			interested = session.interested and true or false;
		};
	end);
end

-- { user?, how: 'drop' | 'close' | 'forget' } -> how many; drop: the socket dies, close: the stream is closed with an
-- error, forget: the session is destroyed, so that it cannot be resumed
function operations.cut(query)
	local found = sessions_of(query.user);
	for _, session in ipairs(found) do
		if query.how == "close" then
			session:close({ condition = query.condition or "reset", text = query.text });
		elseif query.how == "forget" then
			-- As when its time has passed: mod_smacks must not find it again, and passes on what was not acknowledged.
			if session.resumption_token then
				resumable[jid.join(session.username, session.host, session.resumption_token)] = nil;
				session.resumption_token = nil;
			end
			local conn = session.conn;
			require "core.sessionmanager".destroy_session(session, "forgotten");
			if conn then conn:close(); end
		elseif session.conn then
			session.conn:close();
		end
	end
	return { count = #found };
end

-- { to, xml: one or several }: stanzas as if they had been routed here, forged senders included; read before the first is sent
function operations.inject(query)
	local stanzas = array();
	for _, text in ipairs(type(query.xml) == "table" and query.xml or { query.xml }) do
		local stanza = assert(xml.parse(text));
		stanza.attr.xmlns = nil;
		stanzas:push(stanza);
	end
	for _, session in ipairs(sessions_of(jid.node(query.to))) do
		for _, stanza in ipairs(stanzas) do session.send(stanza); end
	end
end

local function respond(response, code, value)
	response.status_code = code;
	response.headers.content_type = "application/json";
	return response:send(json.encode(value));
end

module:provides("http", {
	name = "besedka-control";
	default_path = "/besedka-control";
	cors = { enabled = false };
	route = {
		["POST /*"] = function (event, name)
			local request, response = event.request, event.response;
			if not token or request.headers.authorization ~= "Bearer " .. token then return 403; end
			local operation = operations[name];
			if not operation then return 404; end
			hurry();
			local ok, result = pcall(operation, json.decode(request.body) or {});
			if not ok then return respond(response, 500, { error = tostring(result) }); end
			return respond(response, 200, result or { done = true });
		end;
	};
});

-- A tool that was killed cannot stop us, so look whether it is still there (where /proc tells).
local owner = module:get_option_number("besedka_owner_pid");
if owner and io.open("/proc/self/stat") then
	module:add_timer(3, function ()
		local stat = io.open(("/proc/%d/stat"):format(owner));
		if stat then stat:close(); return 3; end
		prosody.main_thread:run(function () prosody.shutdown("the process that started this server is gone"); end);
	end);
end

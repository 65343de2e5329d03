%% The hand of our tools and tests inside ejabberd, in the words of tools/prosody/modules/mod_besedka_control.lua.
%% Only loopback reaches it, and only with the token of this start. It is no part of a real installation.
%% Compiled at each start (server.mjs); it uses no record of ejabberd but the request, so that other versions compile it too.
-module(besedka_control).
-export([process/2, watch_owner/0]).

-include_lib("ejabberd/include/ejabberd_http.hrl").

-define(HOST, <<"localhost">>).

%% Called by ejabberd_http with what follows our path.
process([Name], #request{method = 'POST', headers = Headers, data = Data}) ->
    case proplists:get_value('Authorization', Headers) == authorization() of
        false -> respond(403, #{error => <<"forbidden">>});
        true -> carry_out(Name, Data)
    end;
process(_, _) ->
    respond(404, #{error => <<"not found">>}).

authorization() ->
    iolist_to_binary(["Bearer ", os:getenv("BESEDKA_CONTROL_TOKEN", "")]).

carry_out(Name, Data) ->
    try operation(Name, jiffy:decode(Data, [return_maps])) of
        ok -> respond(200, #{done => true});
        Answer -> respond(200, Answer)
    catch
        throw:Reason -> respond(500, #{error => unicode:characters_to_binary(Reason)});
        _:Reason:Stack -> respond(500, #{error => iolist_to_binary(io_lib:format("~0p ~0p", [Reason, Stack]))})
    end.

respond(Code, Value) ->
    {Code, [{<<"Content-Type">>, <<"application/json">>}], iolist_to_binary(jiffy:encode(Value))}.

operation(<<"ping">>, _) ->
    hurry(),
    #{pid => list_to_integer(os:getpid()), sql => code:is_loaded(sqlite3) =/= false};

%% { users: [{ user, password }] }; one that is there gets the password
operation(<<"register">>, #{<<"users">> := Users}) ->
    lists:foreach(
        fun(#{<<"user">> := User, <<"password">> := Password}) ->
            case ejabberd_auth:try_register(User, ?HOST, Password) of
                ok -> ok;
                {error, exists} -> ok = ejabberd_auth:set_password(User, ?HOST, Password);
                {error, Reason} -> throw(io_lib:format("~ts: ~p", [User, Reason]))
            end
        end,
        Users
    );

operation(<<"unregister">>, #{<<"user">> := User}) ->
    ejabberd_auth:remove_user(User, ?HOST);

%% { user, items: [{ jid, name?, groups?, subscription? }] }; a contact's side is not touched
operation(<<"roster">>, #{<<"user">> := User, <<"items">> := Items}) ->
    assert_user(User),
    lists:foreach(
        fun(#{<<"jid">> := Jid} = Item) ->
            Attributes = [
                {<<"xmlns">>, <<"jabber:iq:roster">>},
                {<<"jid">>, Jid},
                {<<"name">>, maps:get(<<"name">>, Item, <<>>)},
                {<<"subscription">>, maps:get(<<"subscription">>, Item, <<"both">>)}
            ],
            Groups = [{xmlel, <<"group">>, [], [{xmlcdata, Group}]} || Group <- maps:get(<<"groups">>, Item, [])],
            Decoded = xmpp:decode({xmlel, <<"item">>, Attributes, Groups}),
            mod_roster:set_item_and_notify_clients(jid:make(User, ?HOST), Decoded, true)
        end,
        Items
    );

%% { user, items: [{ id, at, with, xml }] }; at in seconds, in archive order; accounts only, no rooms. This archive makes
%% its ids of the time, in microseconds: the given ones are not kept, and within one second the order of the call holds.
operation(<<"fill">>, #{<<"user">> := User, <<"items">> := Items} = Query) ->
    assert_account(Query),
    Archive = gen_mod:db_mod(?HOST, mod_mam),
    lists:foreach(
        fun(#{<<"at">> := At, <<"with">> := With, <<"xml">> := Xml}) ->
            Stamp = At * 1000000 + erlang:unique_integer([positive, monotonic]) rem 1000000,
            Stanza = element_of(Xml),
            Archive:store(Stanza, ?HOST, {User, ?HOST}, chat, jid:decode(With), <<>>, recv, Stamp)
        end,
        Items
    );

%% { user, with? } -> [{ id, at, with, xml }] in archive order: what really is stored
operation(<<"archive">>, #{<<"user">> := User} = Query) ->
    assert_account(Query),
    Own = jid:make(User, ?HOST),
    Filter = [{with, jid:decode(With)} || {<<"with">>, With} <- maps:to_list(Query)],
    {Found, _, _} = mod_mam:select(?HOST, Own, Own, Filter, undefined, chat, all),
    [archived(Own, Id, Stamp, xmpp:encode(Element)) || {Id, Stamp, Element} <- Found];

%% { user, always: bool }: what the account wants of its archive (the default rule of XEP-0441)
operation(<<"archiving">>, #{<<"user">> := User, <<"always">> := Always}) ->
    assert_user(User),
    Default = case Always of true -> <<"always">>; false -> <<"never">> end,
    Preferences = {xmlel, <<"prefs">>, [{<<"xmlns">>, <<"urn:xmpp:mam:2">>}, {<<"default">>, Default}], [
        {xmlel, <<"always">>, [], []}, {xmlel, <<"never">>, [], []}]},
    Address = jid:encode({User, ?HOST, <<>>}),
    Attributes = [{<<"xmlns">>, <<"jabber:client">>}, {<<"type">>, <<"set">>}, {<<"id">>, <<"1">>},
        {<<"from">>, Address}, {<<"to">>, Address}],
    Answer = mod_mam:process_iq_v0_3(xmpp:decode({xmlel, <<"iq">>, Attributes, [Preferences]}, <<"jabber:client">>, [])),
    case xmpp:get_type(Answer) of
        result -> ok;
        _ -> throw("the archive refused")
    end;

%% { user? } -> the sessions there are
operation(<<"sessions">>, Query) ->
    [#{jid => Jid, hibernating => maps:get(mgmt_state, State, none) == pending} || {Jid, _, State} <- sessions(Query)];

%% { user?, how: 'drop' | 'close' | 'forget' } -> how many; drop: the socket dies, close: the stream is closed with an
%% error, forget: the session ends as when its time has passed, and what was not acknowledged is passed on
operation(<<"cut">>, #{<<"how">> := How} = Query) ->
    Found = sessions(Query),
    lists:foreach(fun({_, Pid, State}) -> cut(How, Pid, State, Query) end, Found),
    #{count => length(Found)};

%% { to, xml }: a stanza as if it had been routed here, forged senders included
operation(<<"inject">>, #{<<"to">> := To, <<"xml">> := Xml}) ->
    {User, _, _} = jid:tolower(jid:decode(To)),
    Stanza = xmpp:decode(element_of(Xml), <<"jabber:client">>, [ignore_els]),
    [xmpp_stream_in:send(Pid, Stanza) || {_, Pid, _} <- sessions(#{<<"user">> => User})],
    ok;

operation(_, _) ->
    throw("no such operation").

%% A killed process loses nothing that was written; only a power cut would. Many times faster than waiting for the disk.
hurry() ->
    try ejabberd_sql:sql_query(?HOST, <<"PRAGMA synchronous=OFF">>) catch _:_ -> no_database end.

%% Every session with its process and what it knows of itself; one that ends meanwhile is left out.
sessions(Query) ->
    Wanted = maps:get(<<"user">>, Query, any),
    lists:flatmap(
        fun({User, Host, Resource} = Address) ->
            try
                true = Wanted == any orelse Wanted == User,
                Pid = ejabberd_sm:get_session_pid(User, Host, Resource),
                [{jid:encode(Address), Pid, stream_of(sys:get_state(Pid))}]
            catch
                _:_ -> []
            end
        end,
        ejabberd_sm:get_vh_session_list(?HOST)
    ).

stream_of(State) when is_map(State) -> State;
stream_of(State) -> hd([Part || Part <- tuple_to_list(State), is_map(Part)]).

cut(<<"drop">>, _, #{socket := Socket}, _) ->
    {http_ws, Pid, _} = lists:keyfind(http_ws, 1, tuple_to_list(Socket)),
    end_process(Pid, fun() -> exit(Pid, kill) end);
cut(<<"close">>, Pid, _, Query) ->
    Condition = maps:get(<<"condition">>, Query, <<"reset">>),
    Space = <<"urn:ietf:params:xml:ns:xmpp-streams">>,
    Text = [{xmlel, <<"text">>, [{<<"xmlns">>, Space}], [{xmlcdata, Text}]} || #{<<"text">> := Text} <- [Query]],
    xmpp_stream_in:send(Pid, xmpp:decode(
        {xmlel, <<"stream:error">>, [{<<"xmlns:stream">>, <<"http://etherx.jabber.org/streams">>}],
            [{xmlel, Condition, [{<<"xmlns">>, Space}], []} | Text]}));
cut(<<"forget">>, Pid, _, _) ->
    end_process(Pid, fun() -> xmpp_stream_in:stop_async(Pid) end);
%% Nothing to drop: it is asleep already.
cut(<<"drop">>, _, _, _) ->
    ok.

end_process(Pid, End) ->
    Reference = monitor(process, Pid),
    End(),
    receive {'DOWN', Reference, _, _, _} -> ok after 5000 -> throw("a session does not end") end.

assert_account(#{<<"host">> := _}) -> throw("rooms are not looked into here");
assert_account(#{<<"user">> := User}) -> assert_user(User).

archived(Own, Id, Stamp, Forwarded) ->
    Message = fxml:get_subtag(Forwarded, <<"message">>),
    [From, To] = [jid:remove_resource(jid:decode(fxml:get_tag_attr_s(Name, Message))) || Name <- [<<"from">>, <<"to">>]],
    With = case jid:tolower(From) == jid:tolower(Own) of true -> To; false -> From end,
    #{id => Id, at => Stamp div 1000000, with => jid:encode(With), xml => fxml:element_to_binary(Message)}.

element_of(Xml) ->
    case fxml_stream:parse_element(Xml) of
        {error, _} -> throw("not well-formed");
        Element -> Element
    end.

assert_user(User) ->
    case ejabberd_auth:user_exists(User, ?HOST) of
        true -> ok;
        false -> throw(["no such account: ", User])
    end.

%% A tool that was killed cannot stop us, so look whether it is still there (where /proc tells).
watch_owner() ->
    Owner = "/proc/" ++ os:getenv("BESEDKA_OWNER_PID", ""),
    case filelib:is_dir("/proc/self") of
        true -> spawn(fun() -> wait_for_end(Owner) end);
        false -> ok
    end.

wait_for_end(Owner) ->
    timer:sleep(3000),
    case filelib:is_dir(Owner) of
        true -> wait_for_end(Owner);
        false -> init:stop()
    end.

-- A program of :n customers, the same every time but for the days, which count back from today. Run by bench/world.py, which
-- sets bench.n; psycopg2 sends each part (between the "-- part" lines) as one statement list.

-- part: functions
CREATE FUNCTION pg_temp.n() RETURNS int LANGUAGE sql STABLE AS $$ SELECT current_setting('bench.n')::int $$;
-- A number below `among` for row i; `salt` makes independent ones.
CREATE FUNCTION pg_temp.pick(i bigint, salt bigint, among int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT ((hashint8extended(i, salt) & 2147483647) % among)::int $$;
CREATE FUNCTION pg_temp.one(i bigint, salt bigint, words text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT words[1 + ((hashint8extended(i, salt) & 2147483647) % cardinality(words))::int] $$;

-- part: people
INSERT INTO accounts_team (name, region)
SELECT 'Team ' || i, pg_temp.one(i, 1, '{North,South,East,West}') FROM generate_series(1, 12) i;
INSERT INTO accounts_user (password, email, name, roles, language, timezone, theme, digits, is_active, created_at, version, team_id)
SELECT '!', 'manager' || i || '@bench.example', 'Manager ' || i, '{program_manager}', 'en', 'UTC', '', '', true, now(), 1, NULL
FROM generate_series(1, 2) i;
INSERT INTO accounts_user (password, email, name, roles, language, timezone, theme, digits, is_active, created_at, version, team_id)
SELECT '!', 'rep' || i || '@bench.example',
    pg_temp.one(i, 2, '{Sam,Sofia,Lena,Noor,Tariq,Ivy,Jonas,Mei,Paulo,Ruth}') || ' ' || pg_temp.one(i, 3, '{Adler,Brandt,Castro,Duarte,Engel,Farah,Grant,Haddad,Ito,Jansen}'),
    '{sales_rep}', 'en', 'UTC', '', '', true, now(), 1, (SELECT min(id) FROM accounts_team) + i % 12
FROM generate_series(1, 20 + pg_temp.n() / 500) i;
CREATE TEMP TABLE rep AS
SELECT row_number() OVER (ORDER BY id) - 1 AS k, id, name FROM accounts_user WHERE email LIKE 'rep%';
CREATE TEMP TABLE manager AS
SELECT row_number() OVER (ORDER BY id) - 1 AS k, id FROM accounts_user WHERE 'program_manager' = ANY (roles);

-- part: taxonomies
INSERT INTO references_product (name, family, list_price, currency)
SELECT initcap(word), 'Suite', 1000, 'USD' FROM unnest('{atlas,beacon,cobalt,delta,ember,fathom,garnet,harbor,indigo,juniper,krypton,lumen}'::text[]) word;
INSERT INTO references_usecase (name)
SELECT 'Use case ' || i FROM generate_series(1, 10) i;
INSERT INTO references_region (name, countries) VALUES
    ('Central Europe', '{DE,AT,CH,PL,CZ}'), ('Western Europe', '{FR,NL,BE,GB,ES}'), ('Gulf', '{AE,SA,QA,KW,OM}'),
    ('Americas', '{US,CA,MX,BR,CL}');
CREATE TEMP TABLE branch AS SELECT row_number() OVER (ORDER BY id) - 1 AS k, id, name FROM references_industry;

-- part: customers
INSERT INTO references_customer (
    name, source, external_id, website, country, employees, annual_revenue, currency, founded, customer_since, renewal_on, status,
    publicity, publicity_clause, tier, search_text, created_at, version, owner_id, industry_id, competitors)
SELECT made.name, 'bench', 'C-' || i, site, country, 20 + pg_temp.pick(i, 11, 20000), 1000000 + 1000 * pg_temp.pick(i, 12, 500000), 'USD',
    1950 + pg_temp.pick(i, 13, 70), current_date - pg_temp.pick(i, 14, 3000), current_date + 70 + pg_temp.pick(i, 15, 700),
    CASE WHEN s < 20 THEN 'active' WHEN s < 22 THEN 'paused' WHEN s < 25 THEN 'nominated' WHEN s < 30 THEN 'retired' ELSE 'candidate' END,
    pg_temp.one(i, 16, '{ask,name,logo,full}'), '', pg_temp.one(i, 17, '{A,B,B,B,C,C,C,C,C,C}'),
    lower(made.name || ' ' || site), now() - make_interval(days => pg_temp.pick(i, 18, 900)), 1,
    rep.id, branch.id, '{}'
FROM generate_series(1, pg_temp.n()) i
JOIN rep ON rep.k = pg_temp.pick(i, 19, 20 + pg_temp.n() / 500) JOIN branch ON branch.k = pg_temp.pick(i, 20, 52),
LATERAL (SELECT (i::bigint * 7919) % 192000 AS k) code,
-- 400 × 60 × 8 names, each of which comes once.
LATERAL (SELECT initcap(('{al,bar,cor,dal,el,fen,gar,hol,ing,jar,kal,lor,mon,nor,ost,pel,quin,ros,sal,tor}'::text[])[1 + code.k % 20]
    || ('{ander,bury,caster,dale,ester,field,gate,haven,inger,land,mark,ness,over,port,ridge,stad,ton,vale,wick,ymir}'::text[])[1 + code.k / 20 % 20]
    || ' ' || ('{airways,assembly,bakeries,bank,biotech,brewing,cables,carriers,cement,ceramics,chemicals,clinics,cold,college,components,
        controls,dairy,devices,diagnostics,electric,energy,engines,fabrics,farms,ferries,films,foods,forge,freight,furniture,gases,
        glass,grain,harvest,hospitals,hotels,insurance,kitchens,labs,leasing,logistics,marine,materials,media,mills,mining,motors,
        networks,optics,outdoor,packaging,paper,pharma,plastics,power,press,rail,retail,shipping,software}'::text[])[1 + code.k / 400 % 60]
    || ' ' || ('{group,ltd,inc,holding,works,partners,international,co}'::text[])[1 + code.k / 24000 % 8]) AS name) made,
LATERAL (SELECT 'https://www.' || lower(replace(made.name, ' ', '-')) || '.example' AS site,
    pg_temp.one(i, 21, '{DE,AT,CH,PL,CZ,FR,NL,BE,GB,ES,AE,SA,QA,KW,OM,US,CA,MX,BR,CL}') AS country,
    pg_temp.pick(i, 22, 100) AS s) more;
INSERT INTO references_deployment (customer_id, product_id, use_case_id, since, note, referable)
SELECT c.id, (SELECT min(id) FROM references_product) + (pg_temp.pick(c.id, 30, 12) + turn * 5) % 12,
    (SELECT min(id) FROM references_usecase) + pg_temp.pick(c.id, 31 + turn, 10), current_date - pg_temp.pick(c.id, 33, 2000), '', true
FROM references_customer c, generate_series(0, 1) turn WHERE turn = 0 OR pg_temp.pick(c.id, 34, 2) = 0;

-- part: contacts
INSERT INTO references_contact (
    customer_id, source, external_id, name, job_title, seniority, job_function, email, phone, language, timezone, channel,
    consent_granted_at, consent_source, rating_sum, rating_count, search_text, created_at, version)
SELECT c.id, 'bench', 'P-' || i, made.name, title, pg_temp.one(i, 43, '{executive,director,manager,specialist}'),
    pg_temp.one(i, 44, '{finance,it,operations,sales,marketing,hr,legal,general}'), 'p' || i || '@bench.example', '',
    pg_temp.one(i, 45, '{en,en,en,de,fr,es,ar}'), 'UTC', 'email',
    CASE WHEN c.status IN ('active', 'paused') AND pg_temp.pick(i, 46, 10) < 9 THEN now() - make_interval(days => 30 + pg_temp.pick(i, 47, 600)) END,
    CASE WHEN c.status IN ('active', 'paused') AND pg_temp.pick(i, 46, 10) < 9 THEN 'Agreement' ELSE '' END,
    0, 0, lower(made.name || ' ' || title), c.created_at, 1
FROM references_customer c, generate_series(0, 1) turn, LATERAL (SELECT c.id * 2 + turn AS i) AS number,
LATERAL (SELECT initcap(pg_temp.one(i, 40, '{anna,bruno,clara,david,elif,felix,grace,hugo,ines,jakob,karim,laila,marco,nina,omid,petra,rafael,sara,tomas,ursula}')
    || ' ' || pg_temp.one(i, 41, '{abel,bauer,costa,dietz,ebert,fuchs,gomez,hansen,ibrahim,jung,keller,lopez,maier,nasser,olsen,peters,rossi,silva,tahiri,weber}')
    || pg_temp.one(i, 48, '{"",mann,son,sen,i,ini,es,ov}')) AS name,
    pg_temp.one(i, 42, '{Chief Information Officer,Head of Operations,Finance Director,Plant Manager,Project Lead,Buyer}') AS title) made;
INSERT INTO references_willingness (contact_id, activity_type_id, answer, conditions, updated_at)
SELECT p.id, t.id, pg_temp.one(p.id * 16 + t.id, 51, '{yes,yes,yes,yes,yes,yes,ask_first,ask_first,ask_first,no}'), '', now()
FROM references_contact p JOIN references_activitytype t ON t.slug IN ('name-drop', 'quote', 'sales-call', 'case-study', 'site-visit')
WHERE p.consent_granted_at IS NOT NULL AND pg_temp.pick(p.id * 16 + t.id, 50, 10) < 6;
CREATE TEMP TABLE askable AS
SELECT row_number() OVER (ORDER BY p.id) - 1 AS k, p.id, p.customer_id, p.name, c.owner_id, c.name AS customer
FROM references_contact p JOIN references_customer c ON c.id = p.customer_id AND c.status = 'active' WHERE p.consent_granted_at IS NOT NULL;
ALTER TABLE askable ADD PRIMARY KEY (k);

-- part: deals
INSERT INTO requests_app_opportunity (
    source, external_id, name, prospect, account_id, amount, currency, stage, state, opened_on, closed_on, expected_close_on, owner_id,
    industry_id, country, product_id, competitor, loss_reason, search_text, created_at, version)
SELECT 'bench', 'O-' || i, made.name, c.name, c.id, 5000 + pg_temp.pick(i, 61, 400000), 'USD',
    CASE state WHEN 'won' THEN 'Won' WHEN 'lost' THEN 'Lost' ELSE 'Engaging' END, state,
    day - 20 - pg_temp.pick(i, 62, 180), CASE WHEN state <> 'open' THEN day END,
    CASE WHEN state = 'open' THEN current_date + pg_temp.pick(i, 63, 120) END, rep.id, c.industry_id, c.country,
    (SELECT min(id) FROM references_product) + pg_temp.pick(i, 65, 12), '', '',
    lower(made.name || ' ' || c.name || ' o-' || i), now() - make_interval(days => pg_temp.pick(i, 66, 900)), 1
FROM references_customer c CROSS JOIN generate_series(0, 2) turn CROSS JOIN LATERAL (SELECT c.id * 3 + turn AS i) AS number
JOIN rep ON rep.k = pg_temp.pick(i, 64, 20 + pg_temp.n() / 500),
LATERAL (SELECT pg_temp.pick(i, 67, 100) AS s) AS kind,
LATERAL (SELECT CASE WHEN s < 10 THEN 'open' WHEN s < 65 THEN 'won' ELSE 'lost' END AS state,
    CASE WHEN s < 10 THEN current_date ELSE current_date - pg_temp.pick(i, 68, 1095) END AS day,
    c.name || ' · ' || pg_temp.one(i, 69, '{rollout,renewal,pilot,expansion,migration}') AS name) made;

-- part: requests
INSERT INTO requests_app_referencerequest (
    opportunity_id, purpose, activity_type_id, need_by, criteria, topics, state, requested_by_id, assigned_to_id, submitted_at, taken_at,
    closed_at, close_reason, stage, waiting_for, asked_count, sla_paused_seconds, created_at, version)
SELECT o.id, 'deal', (SELECT id FROM references_activitytype WHERE slug = pg_temp.one(o.id, 71, '{sales-call,sales-call,sales-call,site-visit,quote}')),
    CASE WHEN made.state IN ('submitted', 'in_review') THEN current_date - 2 + pg_temp.pick(o.id, 72, 40) ELSE asked::date + 14 END,
    CASE WHEN pg_temp.pick(o.id, 73, 2) = 0 THEN '{}'::jsonb
        ELSE jsonb_build_object('industries', jsonb_build_array(b.name), 'countries', jsonb_build_array(o.country)) END,
    'How long it took, and what it saved.', made.state, o.owner_id,
    CASE WHEN made.state <> 'submitted' THEN (SELECT id FROM manager WHERE k = pg_temp.pick(o.id, 74, 3)) END,
    asked, CASE WHEN made.state <> 'submitted' THEN asked + interval '5 hours' END,
    CASE WHEN made.state NOT IN ('submitted', 'in_review') THEN asked + interval '9 days' END, '', '', '', 0, 0, asked, 1
FROM requests_app_opportunity o JOIN branch b ON b.id = o.industry_id,
LATERAL (SELECT CASE WHEN o.state = 'open' THEN now() - make_interval(days => 1 + pg_temp.pick(o.id, 75, 10))
        ELSE o.closed_on - make_interval(days => 12 + pg_temp.pick(o.id, 75, 8)) END AS asked,
    CASE WHEN o.state = 'open' THEN pg_temp.one(o.id, 76, '{submitted,submitted,in_review,in_review,in_review,in_review}')
        ELSE pg_temp.one(o.id, 77, '{fulfilled,fulfilled,fulfilled,fulfilled,fulfilled,fulfilled,unfulfilled,unfulfilled,withdrawn}') END AS state) made
-- Every fifteenth closed deal, every thirtieth open one: about a fifth of the customers' number in all, a hundredth of it open.
WHERE pg_temp.pick(o.id, 70, CASE WHEN o.state = 'open' THEN 30 ELSE 15 END) = 0;

-- part: asked
INSERT INTO requests_app_assignment (
    request_id, contact_id, state, proposed_by_id, approved_by_id, requester_id, override_reason, message, approval_asked_at, approved_at,
    invited_at, answer_by, accepted_at, answered_at, answer_note, scheduled_at, scheduled_minutes, calendar_sequence, occurred_on, outcome,
    rep_rating, feedback, ended_at, end_reason, created_at)
SELECT r.id, a.id, s, (SELECT min(id) FROM manager), CASE WHEN a.owner_id <> r.requested_by_id AND step > 1 THEN a.owner_id END, r.requested_by_id, '', '',
    at, CASE WHEN a.owner_id <> r.requested_by_id AND step > 1 THEN at + interval '1 hour' END,
    CASE WHEN step > 1 THEN at + interval '2 hours' END,
    CASE WHEN s IN ('owner_approval', 'invited') THEN now() + interval '3 days' END,
    CASE WHEN step > 2 AND s <> 'declined' THEN at + interval '1 day' END, CASE WHEN step > 2 THEN at + interval '1 day' END, '',
    CASE WHEN s IN ('scheduled', 'completed') THEN at + interval '6 days' END, 30, 0,
    CASE WHEN s = 'completed' THEN (at + interval '6 days')::date END, CASE WHEN s = 'completed' THEN 'helped' ELSE '' END,
    CASE WHEN s = 'completed' THEN 3 + pg_temp.pick(r.id, 82, 3) END, '',
    CASE WHEN s IN ('completed', 'declined') THEN at + interval '6 days' END, '', at
FROM requests_app_referencerequest r JOIN askable a ON a.k = pg_temp.pick(r.id, 80, (SELECT count(*)::int FROM askable)),
LATERAL (SELECT r.taken_at + interval '1 hour' AS at, CASE r.state WHEN 'fulfilled' THEN 'completed' WHEN 'unfulfilled' THEN 'declined'
    ELSE pg_temp.one(r.id, 81, '{owner_approval,invited,accepted,scheduled}') END AS s) made,
LATERAL (SELECT CASE s WHEN 'owner_approval' THEN 1 WHEN 'invited' THEN 2 ELSE 3 END AS step) far
WHERE r.state IN ('fulfilled', 'unfulfilled') OR (r.state = 'in_review' AND pg_temp.pick(r.id, 83, 4) > 0);
-- What requests_app.progress keeps on the request.
UPDATE requests_app_referencerequest r SET
    asked_count = (x.invited_at IS NOT NULL)::int, first_accepted_at = x.accepted_at,
    stage = CASE WHEN live THEN x.state ELSE '' END,
    waiting_for = CASE WHEN NOT live THEN '' ELSE CASE x.state WHEN 'owner_approval' THEN 'owner' WHEN 'invited' THEN 'contact' WHEN 'accepted' THEN 'date' ELSE 'call' END END,
    waiting_since = CASE WHEN live THEN CASE x.state WHEN 'owner_approval' THEN x.approval_asked_at WHEN 'invited' THEN x.invited_at WHEN 'accepted' THEN x.answered_at ELSE x.scheduled_at END END,
    waiting_user_id = CASE WHEN live THEN CASE x.state WHEN 'owner_approval' THEN a.owner_id WHEN 'accepted' THEN r.assigned_to_id END END,
    waiting_contact_id = CASE WHEN live THEN x.contact_id END
FROM requests_app_assignment x JOIN askable a ON a.id = x.contact_id, LATERAL (SELECT x.ended_at IS NULL AS live) AS l
WHERE x.request_id = r.id;
UPDATE requests_app_referencerequest SET
    waiting_for = CASE WHEN assigned_to_id IS NULL THEN 'taker' ELSE 'manager' END,
    waiting_since = coalesce(taken_at, submitted_at), waiting_user_id = assigned_to_id
WHERE state IN ('submitted', 'in_review') AND waiting_for = '';

-- part: ledger
INSERT INTO references_activity (
    customer_id, contact_id, activity_type_id, "on", effort, live, outcome, origin, origin_ref, prospect, note, by_id, created_at)
SELECT a.customer_id, a.id, t.id, x.occurred_on, t.effort, t.live, x.outcome, 'assignment', 'assignment:' || x.id, o.prospect, '',
    x.requester_id, x.ended_at
FROM requests_app_assignment x JOIN requests_app_referencerequest r ON r.id = x.request_id JOIN askable a ON a.id = x.contact_id
JOIN references_activitytype t ON t.id = r.activity_type_id JOIN requests_app_opportunity o ON o.id = r.opportunity_id
WHERE x.state = 'completed';
INSERT INTO references_activity (customer_id, contact_id, activity_type_id, "on", effort, live, outcome, origin, origin_ref, prospect, note, by_id, created_at)
SELECT a.customer_id, a.id, t.id, current_date - pg_temp.pick(i, 91, 700), t.effort, t.live, 'held', 'off_book', '', 'Somebody', '', a.owner_id, now()
FROM generate_series(1, pg_temp.n() / 20) i JOIN askable a ON a.k = pg_temp.pick(i, 90, (SELECT count(*)::int FROM askable))
JOIN references_activitytype t ON t.slug = pg_temp.one(i, 92, '{quote,sales-call,name-drop}');
UPDATE references_contact p SET last_live_on = used.last, rating_sum = used.stars, rating_count = used.rated
FROM (SELECT contact_id, max("on") FILTER (WHERE live) AS last FROM references_activity GROUP BY 1) AS seen
LEFT JOIN (SELECT contact_id, sum(rep_rating) AS stars, count(rep_rating) AS rated FROM requests_app_assignment GROUP BY 1) AS stars USING (contact_id),
LATERAL (SELECT seen.last, coalesce(stars.stars, 0) AS stars, coalesce(stars.rated, 0) AS rated) AS used WHERE p.id = seen.contact_id;
INSERT INTO requests_app_touch (opportunity_id, "on", activity_id)
SELECT r.opportunity_id, v."on", v.id FROM references_activity v
JOIN requests_app_assignment x ON v.origin_ref = 'assignment:' || x.id JOIN requests_app_referencerequest r ON r.id = x.request_id;
UPDATE requests_app_opportunity o SET touched_on = t.last
FROM (SELECT opportunity_id, max("on") AS last FROM requests_app_touch t JOIN requests_app_opportunity o ON o.id = t.opportunity_id
    WHERE o.closed_on IS NULL OR t."on" <= o.closed_on GROUP BY 1) t WHERE t.opportunity_id = o.id;
INSERT INTO references_hold (customer_id, contact_id, activity_type_id, effort, live, "on", reason, label, expires_at, created_at)
SELECT a.customer_id, a.id, t.id, t.effort, t.live, r.need_by, 'assignment:' || x.id, 'R-' || r.number, now() + interval '14 days', x.created_at
FROM requests_app_assignment x JOIN requests_app_referencerequest r ON r.id = x.request_id JOIN askable a ON a.id = x.contact_id
JOIN references_activitytype t ON t.id = r.activity_type_id WHERE x.ended_at IS NULL;
INSERT INTO references_nomination (customer_id, reason, origin, state, decided_at, decision_reason, created_at, by_id, decided_by_id)
SELECT id, 'They are pleased.', 'person', CASE WHEN status = 'nominated' THEN 'submitted' ELSE 'approved' END,
    CASE WHEN status <> 'nominated' THEN created_at END, '', created_at, owner_id, CASE WHEN status <> 'nominated' THEN (SELECT min(id) FROM manager) END
FROM references_customer WHERE status IN ('nominated', 'active');

-- part: events
INSERT INTO events_event (verb, subject, about, by_id, actor_name, contact_id, at, data)
SELECT 'customer.added', ref, ARRAY[ref], u.id, u.name, NULL, c.created_at, jsonb_build_object('customer', c.name)
FROM references_customer c JOIN accounts_user u ON u.id = c.owner_id, LATERAL (SELECT 'customer:' || c.id AS ref) AS s;
INSERT INTO events_event (verb, subject, about, by_id, actor_name, contact_id, at, data)
SELECT 'contact.added', ref, ARRAY[ref, 'customer:' || c.id], u.id, u.name, p.id, p.created_at, jsonb_build_object('customer', c.name)
FROM references_contact p JOIN references_customer c ON c.id = p.customer_id JOIN accounts_user u ON u.id = c.owner_id,
LATERAL (SELECT 'contact:' || p.id AS ref) AS s;
INSERT INTO events_event (verb, subject, about, by_id, actor_name, contact_id, at, data)
SELECT 'request.submitted', ref, ARRAY[ref, 'opportunity:' || o.id], u.id, u.name, NULL, r.submitted_at,
    jsonb_build_object('number', 'R-' || r.number, 'activity', t.name, 'deal', o.prospect, 'need_by', r.need_by)
FROM requests_app_referencerequest r JOIN requests_app_opportunity o ON o.id = r.opportunity_id JOIN accounts_user u ON u.id = r.requested_by_id
JOIN references_activitytype t ON t.id = r.activity_type_id, LATERAL (SELECT 'request:' || r.id AS ref) AS s;
INSERT INTO events_event (verb, subject, about, by_id, actor_name, contact_id, at, data)
SELECT 'activity.logged', ref, ARRAY[ref, 'customer:' || v.customer_id, 'contact:' || v.contact_id], u.id, u.name, v.contact_id, v.created_at,
    jsonb_build_object('activity_type', t.slug, 'activity_name', t.name, 'on', v."on", 'origin', v.origin, 'prospect', v.prospect, 'customer', c.name)
FROM references_activity v JOIN references_customer c ON c.id = v.customer_id JOIN accounts_user u ON u.id = v.by_id
JOIN references_activitytype t ON t.id = v.activity_type_id, LATERAL (SELECT 'activity:' || v.id AS ref) AS s;
INSERT INTO inbox_notification (kind, url, context, at, event_id, user_id)
SELECT 'request.submitted', '/requests/' || split_part(e.subject, ':', 2) || '/', e.data, e.at, e.id, m.id
FROM manager m, (SELECT * FROM events_event WHERE verb = 'request.submitted' ORDER BY id DESC LIMIT 300) e;

-- part: closing days
INSERT INTO requests_app_closingday (day, version) SELECT DISTINCT closed_on, 1 FROM requests_app_opportunity WHERE closed_on IS NOT NULL;

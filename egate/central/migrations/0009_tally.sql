-- How many records there are, kept beside the facts so that nobody has to count them all.
CREATE TABLE crossing_tally (
    border_crossing_point text NOT NULL,
    -- In Bangladesh.
    day date NOT NULL,
    -- Numbers of the enums of dip.egate.v1.
    direction smallint NOT NULL,
    verdict smallint NOT NULL,
    status smallint NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (border_crossing_point, day, direction, verdict, status)
);
CREATE INDEX crossing_tally_by_day ON crossing_tally (day);

INSERT INTO crossing_tally
SELECT border_crossing_point, (occurred_at AT TIME ZONE 'Asia/Dhaka')::date, direction, verdict,
    status, count(*)
FROM crossing_fact GROUP BY 1, 2, 3, 4, 5;

-- Invented applications for winter relief. Every figure follows from a hash of the application's number, the name of
-- the question and the seed, so that the same seed always gives the same answers. `answer` leaves some unknown.
-- A member has the number 100 * n + its place, so that each draws by itself.
WITH "drawn" AS (
    SELECT
        n,
        DATE '2024-01-01' + dice(n, 'as_of', 820) AS as_of,
        dice(n, 'district', 10) AS district,
        dice(n, 'owns_car', 100) < 22 AS owns_car,
        dice(n, 'other_aid', 100) < 15 AS other_aid,
        household_size(dice(n, 'members', 1000)) AS members
    FROM (SELECT range AS n FROM range(1, $persons + 1))
)
SELECT
    n AS application,
    as_of,
    answer(n, 'birth_date', as_of - 5700 - dice(n, 'born', 24000)) AS birth_date,
    answer(n, 'resident', dice(n, 'is_resident', 100) < 97) AS resident,
    answer(n, 'resident_since', as_of - 100 - dice(n, 'since', 12000)) AS resident_since,
    answer(n, 'district', CASE WHEN district < 3 THEN 'city' WHEN district < 6 THEN 'town' ELSE 'rural' END)
        AS district,
    answer(n, 'rent', cents(20000 + dice(n, 'rent', 160000))) AS rent,
    answer(n, 'heating_cost', cents(15000 + dice(n, 'heating', 60000))) AS heating_cost,
    answer(n, 'in_arrears', dice(n, 'is_in_arrears', 100) < 25) AS in_arrears,
    -- Few have much: the square of an even draw.
    answer(n, 'savings', cents(dice(n, 'saved', 2200) * dice(n, 'saved', 2200))) AS savings,
    answer(n, 'owns_car', owns_car) AS owns_car,
    CASE WHEN owns_car THEN answer(n, 'car_value', cents(500000 + dice(n, 'car', 7000000))) END AS car_value,
    answer(n, 'other_aid', other_aid) AS other_aid,
    CASE WHEN other_aid THEN answer(n, 'other_amount', cents(5000 + dice(n, 'aid', 25000))) END AS other_amount,
    answer(n, 'heating_bill', 'bills/' || n || '.pdf') AS heating_bill,
    answer(n, 'members', list_transform(range(100 * n, 100 * n + members), lambda m: {
        age: answer(m, 'age', CAST(dice(m, 'years', 90) AS TINYINT)),
        income: answer(m, 'income', cents(CASE WHEN dice(m, 'earns', 100) < 45 THEN 40000 + dice(m, 'wage', 310000)
                                               ELSE dice(m, 'allowance', 30000) END))
    })) AS members
FROM "drawn"

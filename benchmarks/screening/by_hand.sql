-- Winter relief as a good engineer writes it by hand, knowing these ten rules and nothing else: the same columns as
-- Almoner writes, in the same fixed point (whole millionths; * and / half-even to a millionth).
-- What Almoner works out for any programme stands here as knowledge about this one: an application that nothing
-- refuses waits for every answer it lacks, but for ages and arrears where one of them already decides.
CREATE MACRO micros(amount) AS CAST(amount * 100 AS BIGINT) * 10000;
CREATE MACRO half_even(n, d) AS
    n // d + CASE WHEN 2 * abs(n % d) + abs((n // d) % 2) > abs(d) THEN CASE WHEN n < 0 THEN -1 ELSE 1 END ELSE 0 END;

CREATE TABLE guideline AS
SELECT
    size, "from" AS starts, micros(income) AS income,
    lead("from", 1, DATE '9999-12-31') OVER (PARTITION BY size ORDER BY "from") AS ends
FROM read_csv('$guideline', types = {'from': 'DATE', 'size': 'BIGINT', 'income': 'DECIMAL(12, 2)'});

COPY (
WITH answers AS (
    SELECT
        application, as_of, birth_date, resident, resident_since, district, in_arrears, owns_car, other_aid,
        heating_bill, members, car_value, other_amount,
        micros(rent) AS rent, micros(heating_cost) AS heating_cost, micros(savings) AS savings,
        CASE WHEN owns_car THEN micros(car_value) WHEN NOT owns_car THEN 0 END AS car,
        CASE WHEN other_aid THEN micros(other_amount) WHEN NOT other_aid THEN 0 END AS other,
        list_transform(members, lambda m: m.income) AS incomes,
        list_transform(members, lambda m: m.age < 18 OR m.age >= 65) AS dependent,
        len(members) AS size,
        CASE district WHEN 'rural' THEN 420000000 WHEN 'town' THEN 480000000
            WHEN 'city' THEN CASE WHEN as_of >= DATE '2025-10-01' THEN 560000000 ELSE 540000000 END END AS norm
    FROM read_parquet('$source')
),
figures AS (
    SELECT
        *,
        CASE WHEN list_count(incomes) = size THEN micros(COALESCE(list_sum(incomes), 0)) END AS income,
        CASE WHEN heating_cost <= norm THEN heating_cost WHEN norm < heating_cost THEN norm END AS heating
    FROM answers
),
rules AS (
    SELECT
        f.*,
        g.income AS poverty_guideline,
        CAST(birth_date + INTERVAL 18 YEAR AS DATE) <= as_of AS is_of_age,
        resident AND CAST(
            resident_since + CASE WHEN as_of >= DATE '2025-01-01' THEN INTERVAL 6 MONTH ELSE INTERVAL 12 MONTH END
            AS DATE) <= as_of AS lives_here,
        f.income <= half_even(
            CASE WHEN as_of >= DATE '2025-07-01' THEN 1500000 ELSE 1250000 END * g.income, 1000000) AS is_poor,
        half_even(f.income, NULLIF(f.size, 0))
            <= CASE WHEN as_of >= DATE '2025-07-01' THEN 2150000000 ELSE 1900000000 END AS earns_little_a_head,
        CASE WHEN list_max(incomes) > 3300 THEN FALSE WHEN f.income IS NOT NULL THEN TRUE END AS has_no_high_earner,
        savings <= CASE WHEN as_of >= DATE '2025-01-01' THEN 36000000000 ELSE 30000000000 END AS has_few_savings,
        car <= CASE WHEN as_of >= DATE '2024-02-10' THEN 60000000000 END AS has_no_costly_car,
        in_arrears OR CASE WHEN list_contains(dependent, TRUE) THEN TRUE
            WHEN list_count(dependent) = f.size THEN FALSE END AS is_vulnerable,
        rent + heating >= half_even(
            CASE WHEN as_of >= DATE '2026-01-01' THEN 15 ELSE 18 END * f.income, 100)
            AS bears_a_heavy_cost,
        other < half_even(heating, 2) AS is_not_helped_enough
    FROM figures f
    LEFT JOIN guideline g ON g.size = f.size AND g.starts <= f.as_of AND f.as_of < g.ends
),
outcomes AS (
    SELECT
        *,
        is_of_age AND lives_here AND is_poor AND earns_little_a_head AND has_no_high_earner AND has_few_savings
            AND has_no_costly_car AND is_vulnerable AND bears_a_heavy_cost AND is_not_helped_enough AS passed,
        CASE WHEN NOT passed THEN 'not eligible' WHEN passed AND heating_bill IS NOT NULL THEN 'eligible'
            ELSE 'needs information' END AS outcome
    FROM rules
)
SELECT
    application,
    outcome,
    is_of_age AS "rule.is_of_age",
    lives_here AS "rule.lives_here",
    is_poor AS "rule.is_poor",
    earns_little_a_head AS "rule.earns_little_a_head",
    has_no_high_earner AS "rule.has_no_high_earner",
    has_few_savings AS "rule.has_few_savings",
    has_no_costly_car AS "rule.has_no_costly_car",
    is_vulnerable AS "rule.is_vulnerable",
    bears_a_heavy_cost AS "rule.bears_a_heavy_cost",
    is_not_helped_enough AS "rule.is_not_helped_enough",
    CASE WHEN outcome = 'needs information' THEN list_filter(list_concat([
        CASE WHEN birth_date IS NULL THEN 'birth_date' END,
        CASE WHEN resident IS NULL THEN 'resident' END,
        CASE WHEN resident_since IS NULL THEN 'resident_since' END,
        CASE WHEN district IS NULL THEN 'district' END,
        CASE WHEN rent IS NULL THEN 'rent' END,
        CASE WHEN heating_cost IS NULL THEN 'heating_cost' END,
        CASE WHEN in_arrears IS NULL AND is_vulnerable IS NULL THEN 'in_arrears' END,
        CASE WHEN savings IS NULL THEN 'savings' END,
        CASE WHEN owns_car IS NULL THEN 'owns_car' END,
        CASE WHEN owns_car AND car_value IS NULL THEN 'car_value' END,
        CASE WHEN other_aid IS NULL THEN 'other_aid' END,
        CASE WHEN other_aid AND other_amount IS NULL THEN 'other_amount' END,
        CASE WHEN heating_bill IS NULL THEN 'heating_bill' END,
        CASE WHEN members IS NULL THEN 'members' END],
        CASE WHEN income IS NULL OR is_vulnerable IS NULL THEN flatten(list_transform(members, lambda m, i: [
            CASE WHEN m.age IS NULL AND is_vulnerable IS NULL THEN 'members[' || i || '].age' END,
            CASE WHEN m.income IS NULL THEN 'members[' || i || '].income' END])) END
    ), lambda name: name IS NOT NULL) ELSE [] END AS missing,
    CASE WHEN outcome = 'needs information' THEN list_filter([
        CASE WHEN size = 0 AND income IS NOT NULL THEN 'derive.income_per_head: division by zero' END,
        CASE WHEN size IS NOT NULL AND poverty_guideline IS NULL THEN 'derive.poverty_line: no key in guideline' END,
        CASE WHEN as_of < DATE '2024-02-10' THEN 'eligibility.has_no_costly_car: no car_ceiling in force' END
    ], lambda cause: cause IS NOT NULL) ELSE [] END AS blocked
FROM outcomes
) TO '$target' (FORMAT parquet);
